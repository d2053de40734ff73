CREATE TABLE new_shelves (
    id INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL UNIQUE
);

INSERT INTO new_shelves SELECT id, name FROM shelves;
DROP TABLE shelves;
ALTER TABLE new_shelves RENAME TO shelves;
