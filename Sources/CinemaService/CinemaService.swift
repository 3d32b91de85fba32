@main
struct CinemaService {
    static func main() async throws {}
}
