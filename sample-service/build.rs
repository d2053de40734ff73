//! Builds the service anew when a migration is added: its macro cannot ask for that.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
