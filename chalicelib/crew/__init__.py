"""Captain and crew: asked for their positions one after the other, told what changes, their answers taken."""
