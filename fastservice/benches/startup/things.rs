//! Fifty kinds of things with four endpoints each, as a service has them.

macro_rules! things {
    ($($module:ident $all:literal $one:literal,)*) => {$(
        mod $module {
            use fastservice::prelude::*;
            use serde::{Deserialize, Serialize};

            /// A thing as it is kept.
            #[derive(Serialize, JsonSchema)]
            struct Thing {
                /// Its number.
                id: i64,
                /// What it is called.
                name: String,
                kind: Kind,
                parts: Vec<Part>,
                note: Option<String>,
            }

            /// A thing as a client sends it.
            #[derive(Deserialize, JsonSchema)]
            struct NewThing {
                /// What it is called.
                #[schemars(length(min = 1, max = 100))]
                name: String,
                kind: Kind,
                #[serde(default)]
                parts: Vec<Part>,
                note: Option<String>,
            }

            /// A part of a thing.
            #[derive(Serialize, Deserialize, JsonSchema)]
            struct Part {
                name: String,
                #[schemars(range(min = 1))]
                count: u32,
            }

            /// What it is made for.
            #[derive(Serialize, Deserialize, JsonSchema)]
            #[serde(tag = "type", rename_all = "snake_case")]
            enum Kind {
                /// For use.
                Tool { size: f64 },
                /// For the eye.
                Picture { width: u32, height: u32 },
            }

            /// Which things.
            #[derive(Deserialize, JsonSchema)]
            struct Filter {
                /// Part of the name.
                like: Option<String>,
                #[serde(default)]
                offset: u32,
            }

            /// List things.
            #[public_api(get = $all, tag = "things")]
            async fn list(Query(filter): Query<Filter>, limit: Option<u16>) -> Json<Vec<Thing>> {
                let _ = (filter.like, filter.offset, limit);
                Json(Vec::new())
            }

            /// Add a thing.
            #[public_api(post = $all, tag = "things", errors = "409 name_taken")]
            async fn add(Json(new): Json<NewThing>) -> Result<Created<Json<Thing>>> {
                let NewThing { name, kind, parts, note } = new;
                Ok(Created::at("/", Json(Thing { id: 1, name, kind, parts, note })))
            }

            /// Replace a thing.
            #[public_api(put = $one, tag = "things", errors = ["404", "412"])]
            async fn replace(
                id: i64,
                Json(new): Json<NewThing>,
                if_match: Option<Header<String>>,
            ) -> Result<Json<Thing>> {
                let _ = if_match;
                let NewThing { name, kind, parts, note } = new;
                Ok(Json(Thing { id, name, kind, parts, note }))
            }

            /// Delete a thing.
            #[public_api(delete = $one, tag = "things", status = 204, errors = "404")]
            async fn delete(id: i64) {
                let _ = id;
            }
        }
    )*};
}

things! {
    t00 "/t00" "/t00/{id}",
    t01 "/t01" "/t01/{id}",
    t02 "/t02" "/t02/{id}",
    t03 "/t03" "/t03/{id}",
    t04 "/t04" "/t04/{id}",
    t05 "/t05" "/t05/{id}",
    t06 "/t06" "/t06/{id}",
    t07 "/t07" "/t07/{id}",
    t08 "/t08" "/t08/{id}",
    t09 "/t09" "/t09/{id}",
    t10 "/t10" "/t10/{id}",
    t11 "/t11" "/t11/{id}",
    t12 "/t12" "/t12/{id}",
    t13 "/t13" "/t13/{id}",
    t14 "/t14" "/t14/{id}",
    t15 "/t15" "/t15/{id}",
    t16 "/t16" "/t16/{id}",
    t17 "/t17" "/t17/{id}",
    t18 "/t18" "/t18/{id}",
    t19 "/t19" "/t19/{id}",
    t20 "/t20" "/t20/{id}",
    t21 "/t21" "/t21/{id}",
    t22 "/t22" "/t22/{id}",
    t23 "/t23" "/t23/{id}",
    t24 "/t24" "/t24/{id}",
    t25 "/t25" "/t25/{id}",
    t26 "/t26" "/t26/{id}",
    t27 "/t27" "/t27/{id}",
    t28 "/t28" "/t28/{id}",
    t29 "/t29" "/t29/{id}",
    t30 "/t30" "/t30/{id}",
    t31 "/t31" "/t31/{id}",
    t32 "/t32" "/t32/{id}",
    t33 "/t33" "/t33/{id}",
    t34 "/t34" "/t34/{id}",
    t35 "/t35" "/t35/{id}",
    t36 "/t36" "/t36/{id}",
    t37 "/t37" "/t37/{id}",
    t38 "/t38" "/t38/{id}",
    t39 "/t39" "/t39/{id}",
    t40 "/t40" "/t40/{id}",
    t41 "/t41" "/t41/{id}",
    t42 "/t42" "/t42/{id}",
    t43 "/t43" "/t43/{id}",
    t44 "/t44" "/t44/{id}",
    t45 "/t45" "/t45/{id}",
    t46 "/t46" "/t46/{id}",
    t47 "/t47" "/t47/{id}",
    t48 "/t48" "/t48/{id}",
    t49 "/t49" "/t49/{id}",
}
