CREATE INDEX CONCURRENTLY boxes_by_shelf ON boxes (shelf_id);
