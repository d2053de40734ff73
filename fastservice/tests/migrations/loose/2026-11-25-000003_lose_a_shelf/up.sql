DELETE FROM shelves WHERE id = 1;
