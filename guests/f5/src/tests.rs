//! On the double.
