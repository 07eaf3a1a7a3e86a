import Mustache
import WaybillCore

/// The pages' templates, parsed once.
///
/// A value is written with two braces only, so that it is always escaped; a test looks for the unescaped forms.
enum Templates {
    enum Name: String, CaseIterable {
        case board, changes, change, image, paper, events, error
    }

    static let sources: [String: String] = [
        "frame": frame, "badge": badge, "stamp": stamp, "link": link, "eventTable": eventTable,
        "findingTable": findingTable, "paperTable": paperTable, "placeTable": placeTable,
        Name.board.rawValue: board, Name.changes.rawValue: changes, Name.change.rawValue: change,
        Name.image.rawValue: image, Name.paper.rawValue: paper, Name.events.rawValue: events,
        Name.error.rawValue: error,
    ]

    private static let library = Result {
        MustacheContentTypes.register(PageEscaping(), named: PageEscaping.name)
        var library = MustacheLibrary()
        for (name, source) in sources {
            try library.register("{{% CONTENT_TYPE:\(PageEscaping.name)}}" + source, named: name)
        }
        return library
    }

    static func render(_ content: Any, _ name: Name) throws(WaybillError) -> String {
        let text: String?
        do { text = try library.get().render(content, withTemplate: name.rawValue) } catch {
            throw WaybillError(.failed, "the page's template cannot be read", subject: name.rawValue, cause: error)
        }
        guard let text else { throw WaybillError(.failed, "the page has no template", subject: name.rawValue) }
        return text
    }
}
