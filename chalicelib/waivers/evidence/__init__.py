"""The log of signed waivers and its proofs. Standard library only, so that anyone can check them offline."""
