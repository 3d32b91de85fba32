@main
struct AlipaySandbox {
    static func main() async throws {}
}
