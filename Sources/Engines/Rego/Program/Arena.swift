/// Memory that lives as long as a program, for parts that point to each other. What is in it is written once, before
/// anybody evaluates, and never changes.
final class Arena: @unchecked Sendable {
    private var releases: [() -> Void] = []

    func list<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
        guard !elements.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
        let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
        _ = buffer.initialize(from: elements)
        releases.append {
            buffer.deinitialize()
            buffer.deallocate()
        }
        return UnsafeBufferPointer(buffer)
    }

    func one<Element>(_ element: Element) -> UnsafePointer<Element> {
        let pointer = UnsafeMutablePointer<Element>.allocate(capacity: 1)
        pointer.initialize(to: element)
        releases.append {
            pointer.deinitialize(count: 1)
            pointer.deallocate()
        }
        return UnsafePointer(pointer)
    }

    deinit { for release in releases { release() } }
}
