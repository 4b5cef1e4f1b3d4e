//! Both API shapes, bad input, and arbitrary edits of realistic objects.

mod edits;
mod objects;
mod shapes;
mod tolerance;
