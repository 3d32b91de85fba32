@main
struct ClientService {
    static func main() async throws {}
}
