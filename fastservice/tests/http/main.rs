//! FastService from outside: requests through a service without sockets.

mod basics;
