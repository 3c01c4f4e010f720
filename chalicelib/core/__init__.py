"""What every room stands on: errors, fields, settings, times, AWS, HTTP."""
