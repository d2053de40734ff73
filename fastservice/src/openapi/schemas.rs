//! The schemas of an interface's types, each once and by its name.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    marker::PhantomData,
};

use schemars::{
    JsonSchema, Schema, SchemaGenerator,
    generate::{Contract, SchemaSettings},
    transform::{RecursiveTransform, Transform},
};
use serde_json::{Map, Value};

const PLACE: &str = "/components/schemas";

/// Makes schemas, and collects those that are referred to by name.
///
/// What a type takes and what it gives may differ: a field with a default may be left out of a
/// request, and is in every answer.
pub struct Schemas {
    /// Made when the first schema is.
    generators: Option<Box<Generators>>,
    is_wanted: bool,
}

struct Generators {
    taken: SchemaGenerator,
    given: SchemaGenerator,
}

/// A member of an object, as a value of its own.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Without null: text has none.
    pub(crate) schema: Schema,
    pub(crate) is_required: bool,
    pub(crate) is_nullable: bool,
}

impl Default for Schemas {
    fn default() -> Self {
        Self { generators: None, is_wanted: true }
    }
}

impl Default for Generators {
    fn default() -> Self {
        Self { taken: generator(Contract::Deserialize), given: generator(Contract::Serialize) }
    }
}

fn generator(contract: Contract) -> SchemaGenerator {
    // The dialect of OpenAPI 3.1.
    let mut settings = SchemaSettings::draft2020_12();
    settings.definitions_path = PLACE.into();
    settings.meta_schema = None;
    if contract == Contract::Deserialize {
        settings.transforms.push(Box::new(RecursiveTransform(let_repeat)));
    }
    settings.contract = contract;
    settings.into_generator()
}

/// A set is read from a list in which members repeat, too.
fn let_repeat(schema: &mut Schema) {
    schema.remove("uniqueItems");
}

impl Schemas {
    /// Makes none: for who wants to know other things about an endpoint, in less time.
    pub(crate) const fn none() -> Self {
        Self { generators: None, is_wanted: false }
    }

    fn generators(&mut self) -> Option<&mut Generators> {
        self.is_wanted.then(|| &mut **self.generators.get_or_insert_default())
    }

    /// The schema of what is read as `T`.
    pub fn taken<T: JsonSchema + ?Sized>(&mut self) -> Schema {
        let Some(generators) = self.generators() else { return Schema::default() };
        let mut schema = generators.taken.subschema_for::<T>();
        RecursiveTransform(let_repeat).transform(&mut schema);
        schema
    }

    /// The schema of what `T` is written as.
    pub fn given<T: JsonSchema + ?Sized>(&mut self) -> Schema {
        let Some(generators) = self.generators() else { return Schema::default() };
        generators.given.subschema_for::<T>()
    }

    /// The schema of what is read as `T`, written out also where `T` has a name.
    fn written_out<T: JsonSchema>(&mut self) -> Schema {
        let Some(generators) = self.generators() else { return Schema::default() };
        let mut schema = T::json_schema(&mut generators.taken);
        RecursiveTransform(let_repeat).transform(&mut schema);
        schema
    }

    /// The members of the object that is read as `T`; none where `T` is no object.
    pub(crate) fn members<T: JsonSchema>(&mut self) -> Vec<Member> {
        let schema = self.written_out::<T>();
        let Some(object) = schema.as_object() else { return Vec::new() };
        let required = object.get("required").and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().any(|member| member == name));
        let properties = object.get("properties").and_then(Value::as_object);
        let member = |(name, with_null): (&String, &Value)| {
            let schema = without_null(with_null);
            Member {
                name: name.clone(),
                is_required: is_required(name),
                is_nullable: schema.as_value() != with_null,
                schema,
            }
        };
        properties.into_iter().flatten().map(member).collect()
    }

    /// The schemas that have a name, and the document's references to them.
    ///
    /// A type that is taken and given in the same form has one; of one with two forms what is
    /// taken has the name with `Input` after it.
    pub(crate) fn finish(self, document: &mut Value) -> Map<String, Value> {
        let Some(mut generators) = self.generators else { return Map::new() };
        let mut all = generators.given.take_definitions(true);
        let mut taken = generators.taken.take_definitions(true);
        let is_taken = |name: &str| all.contains_key(name) || taken.contains_key(name);
        let input_name = |name: String| {
            let mut input = format!("{name}Input");
            while is_taken(&input) {
                input.push('_');
            }
            (name, input)
        };
        let renamed = renamed(&taken, &all).into_iter().map(input_name).collect();
        for schema in taken.values_mut() {
            rename(schema, &renamed);
        }
        rename_marked(document, &renamed);
        for (name, schema) in taken {
            all.insert(renamed.get(&name).unwrap_or(&name).clone(), schema);
        }
        all
    }
}

/// What can be left out can not be null too: text has no null.
fn without_null(schema: &Value) -> Schema {
    let mut schema = Schema::try_from(schema.clone()).unwrap_or_default();
    if let Some(Value::Array(types)) = schema.get("type") {
        let types: Vec<_> = types.iter().filter(|name| *name != "null").cloned().collect();
        if let [one] = &types[..] {
            schema.insert("type".to_owned(), one.clone());
        }
    }
    if let Some(Value::Array(ways)) = schema.get("anyOf") {
        let is_null = |way: &&Value| way.get("type").is_some_and(|name| name == "null");
        let ways: Vec<_> = ways.iter().filter(|way| !is_null(way)).cloned().collect();
        if let [Value::Object(one)] = &ways[..] {
            let one = one.clone();
            schema.remove("anyOf");
            for (name, value) in one {
                schema.insert(name, value);
            }
        }
    }
    schema
}

/// Names whose two schemas differ, or lead to such.
fn renamed(taken: &Map<String, Value>, given: &Map<String, Value>) -> BTreeSet<String> {
    let differs =
        |(name, schema): &(&String, &Value)| given.get(*name).is_some_and(|other| other != *schema);
    let mut renamed: BTreeSet<_> =
        taken.iter().filter(differs).map(|(name, _)| name.clone()).collect();
    loop {
        let leads = |(name, schema): &(&String, &Value)| {
            given.contains_key(*name) && !renamed.contains(*name) && refers_to(schema, &renamed)
        };
        let more: Vec<_> = taken.iter().filter(leads).map(|(name, _)| name.clone()).collect();
        if more.is_empty() {
            return renamed;
        }
        renamed.extend(more);
    }
}

/// The name of the schema that a `$ref` leads to.
fn referred<'v>(key: &str, value: &'v Value) -> Option<&'v str> {
    if key != "$ref" {
        return None;
    }
    value.as_str()?.strip_prefix('#')?.strip_prefix(PLACE)?.strip_prefix('/')
}

fn refers_to(schema: &Value, names: &BTreeSet<String>) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| {
            referred(key, value).is_some_and(|name| names.contains(name)) || refers_to(value, names)
        }),
        Value::Array(values) => values.iter().any(|value| refers_to(value, names)),
        _ => false,
    }
}

fn rename(schema: &mut Value, names: &BTreeMap<String, String>) {
    match schema {
        Value::Object(members) => {
            for (key, value) in members {
                match referred(key, value).and_then(|name| names.get(name)) {
                    Some(input) => *value = format!("#{PLACE}/{input}").into(),
                    None => rename(value, names),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename(value, names)),
        _ => {}
    }
}

/// Renames in what requests are made of.
fn rename_marked(document: &mut Value, names: &BTreeMap<String, String>) {
    match document {
        Value::Object(members) => {
            for (key, value) in members {
                if key == "parameters" || key == "requestBody" {
                    rename(value, names);
                } else {
                    rename_marked(value, names);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| rename_marked(value, names)),
        _ => {}
    }
}

/// A type with a schema: [`JsonSchema`] by another name, so that a type without one is
/// reported in our words.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no schema, which the documentation needs",
    label = "needs `#[derive(JsonSchema)]`",
    note = "add `#[derive(JsonSchema)]` to your own types in it; the derive is in the prelude",
    note = "a type of another crate may have a schema by a feature of `schemars`"
)]
pub trait Described: JsonSchema {}

#[diagnostic::do_not_recommend]
impl<T: JsonSchema + ?Sized> Described for T {}

/// How a parameter's newtype `T` is described: by its own schema where it has one, which
/// knows its rules, and else by that of what it holds. Not public API.
#[doc(hidden)]
#[derive(Debug)]
pub struct Newtype<T>(fn(&mut Schemas) -> Schema, PhantomData<T>);

impl<T> Newtype<T> {
    /// Of what it holds this is the schema.
    #[must_use]
    pub const fn holding(inner: fn(&mut Schemas) -> Schema) -> Self {
        Self(inner, PhantomData)
    }
}

/// A type with a schema of its own: found first, by its receiver with fewer references.
#[doc(hidden)]
pub trait OwnSchema {
    /// Its schema.
    fn schema(&self, schemas: &mut Schemas) -> Schema;
}

impl<T: JsonSchema> OwnSchema for Newtype<T> {
    fn schema(&self, schemas: &mut Schemas) -> Schema {
        schemas.written_out::<T>()
    }
}

/// A type without one.
#[doc(hidden)]
pub trait InnerSchema {
    /// The schema of what it holds.
    fn schema(&self, schemas: &mut Schemas) -> Schema;
}

impl<T> InnerSchema for &Newtype<T> {
    fn schema(&self, schemas: &mut Schemas) -> Schema {
        (self.0)(schemas)
    }
}

impl fmt::Debug for Schemas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Schemas").finish_non_exhaustive()
    }
}
