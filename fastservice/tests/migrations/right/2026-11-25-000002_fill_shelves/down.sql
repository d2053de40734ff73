DELETE FROM shelves;
