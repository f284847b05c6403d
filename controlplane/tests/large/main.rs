//! What is nested deeply, and what is large: it is answered, and ends nothing.

mod depth;
mod server;
mod size;
