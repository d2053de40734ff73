#![allow(unused_variables)]

use std::rc::Rc;

use fastservice::prelude::*;

struct Cart(Rc<String>);

impl FromRequest for Cart {
    async fn from_request(_: &mut Request, _: Argument) -> Result<Self> {
        Ok(Self(Rc::new(String::new())))
    }
}

#[public_api(get = "/cart")]
async fn cart(cart: Cart) -> String {
    cart.0.to_string()
}

fn main() {}
