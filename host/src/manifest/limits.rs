//! `[plugins.NAME.limits]`: what is not written stays at its default, for no limit is ever off.

use std::time::Duration;

use super::node::Node;
use crate::sandbox::Limits;

/// The limits, whose ranges `check` has seen to.
pub(super) fn read(node: Option<&Node<'_>>) -> Limits {
    let default = Limits::default();
    let Some(node) = node else { return default };
    Limits {
        component_bytes: node.count_of("component-bytes", default.component_bytes),
        memory_bytes: node.count_of("memory-bytes", default.memory_bytes),
        table_elements: node.count_of("table-elements", default.table_elements),
        instances: node.count_of("instances", default.instances),
        wall: Duration::from_secs(node.count_of("wall-seconds", default.wall.as_secs())),
        host_calls: node.count_of("host-calls", default.host_calls),
        bytes_in: node.count_of("bytes-in", default.bytes_in),
        bytes_out: node.count_of("bytes-out", default.bytes_out),
        handles: node.count_of("handles", default.handles),
        log_bytes: node.count_of("log-bytes", default.log_bytes),
    }
}
