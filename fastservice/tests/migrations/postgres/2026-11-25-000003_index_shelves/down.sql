DROP INDEX boxes_by_shelf;
