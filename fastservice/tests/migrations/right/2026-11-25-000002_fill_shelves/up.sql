INSERT INTO shelves (id, name) VALUES (1, 'upper'), (2, 'lower');
INSERT INTO boxes (id, shelf_id) VALUES (1, 1), (2, 2);
