"""The six pages, one file each; a handler reads the form, calls one verb and shows the answer."""
