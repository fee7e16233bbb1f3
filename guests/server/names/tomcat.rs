//! The profile `tomcat` as a component of its own.
#![no_std]

server::component!("tomcat", server::profiles::TOMCAT);
