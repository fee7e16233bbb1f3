//! Nothing: the tests of this crate run the program as its users do. `make test` builds what they need.
