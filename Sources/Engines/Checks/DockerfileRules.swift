enum DockerfileRules { static let all: [Rule<Int>] = [] }
enum ImageRules { static let all: [Rule<Int>] = [] }
