/// A list of indexes and ranges of them: `1,3-5`.
enum IndexList {
    struct Problem: Error { var message: String }

    static func count(_ text: String, completions: Int) -> Result<Int, Problem> {
        guard !text.isEmpty else { return .success(0) }
        var total = 0
        var last: Int?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard ends.count <= 2 else {
                return .failure(
                    Problem(
                        message:
                            "the fragment \"\(part)\" violates the requirement that an index interval can have at most two parts separated by '-'"
                    ))
            }
            var numbers: [Int] = []
            for end in ends {
                guard let number = Int(end), number <= Int(Int32.max) else {
                    return .failure(Problem(message: "cannot convert string to integer for index: \"\(end)\""))
                }
                guard number < completions else { return .failure(Problem(message: "too large index: \"\(end)\"")) }
                numbers.append(number)
            }
            let (first, end) = (numbers[0], numbers[numbers.count - 1])
            if numbers.count == 2, first >= end {
                return .failure(Problem(message: "non-increasing order, previous: \(first), current: \(end)"))
            }
            if let last, last >= first {
                return .failure(Problem(message: "non-increasing order, previous: \(last), current: \(first)"))
            }
            total += end - first + 1
            last = end
        }
        return .success(total)
    }
}
