// @generated automatically by Diesel CLI.

diesel::table! {
    counter (count) {
        count -> BigInt,
    }
}

diesel::table! {
    insert_entrylog (id) {
        id -> BigInt,
        request_id -> Text,
        request_ts -> Timestamp,
    }
}

diesel::table! {
    item_tags (item_id, tag) {
        item_id -> BigInt,
        tag -> Text,
    }
}

diesel::table! {
    items (id) {
        id -> BigInt,
        owner -> Text,
        name -> Text,
        price -> BigInt,
        version -> BigInt,
        created_at -> Timestamp,
    }
}

diesel::joinable!(item_tags -> items (item_id));

diesel::allow_tables_to_appear_in_same_query!(counter, insert_entrylog, item_tags, items,);
