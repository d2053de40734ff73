INSERT INTO shelves (id, name) VALUES (1, 'upper');
