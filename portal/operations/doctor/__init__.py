"""`manage.py doctor ID`: what is this, and why does it not move? Found by any id that people read to each other."""
