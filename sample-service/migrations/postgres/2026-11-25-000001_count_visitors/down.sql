DROP TABLE insert_entrylog;
DROP TABLE counter;
