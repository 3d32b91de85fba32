@main
struct AdminService {
    static func main() async throws {}
}
