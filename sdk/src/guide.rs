//! The connector of the guide, compiled as it stands there.
#![doc = include_str!("../../docs/write-a-connector.md")]
