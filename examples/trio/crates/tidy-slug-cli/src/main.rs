fn main() {
    let title = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
    println!("{}", tidy_slug::slug(&title));
}
