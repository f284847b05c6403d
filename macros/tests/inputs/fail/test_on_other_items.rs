#[myop::test]
pub struct Fixture {
    pub name: String,
}

#[myop::test]
const LIMIT: u32 = 5;

fn main() {
    let _ = Fixture { name: LIMIT.to_string() };
}
