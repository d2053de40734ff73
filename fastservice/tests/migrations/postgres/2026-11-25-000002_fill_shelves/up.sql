INSERT INTO shelves (id, name) VALUES (1, 'upper'), (2, 'lower');
INSERT INTO boxes (id, shelf_id) VALUES (1, 1), (2, 2);
-- The numbers that were given by hand are taken.
ALTER TABLE shelves ALTER COLUMN id RESTART WITH 3;
ALTER TABLE boxes ALTER COLUMN id RESTART WITH 3;
