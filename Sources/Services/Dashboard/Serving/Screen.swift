import HTTPServing
import HTTPTypes
import Hummingbird
import NIOCore
import WaybillCore

/// A page's content with the template that shows it.
struct Screen {
    enum Tab: String, CaseIterable {
        case board, changes, events

        var link: Link {
            switch self {
            case .board: Link(text: "Board", href: "/")
            case .changes: Link(text: "Changes", href: "/changes")
            case .events: Link(text: "Events", href: "/events")
            }
        }
    }

    var title: String
    var tab: Tab?
    var template: Templates.Name
    /// The values that the template names; read by reflection.
    var page: Any

    func html(reader: String? = nil) throws(WaybillError) -> String {
        let tabs = Tab.allCases.map { Frame.Tab(text: $0.link.text, href: $0.link.href, isCurrent: $0 == tab) }
        return try Templates.render(
            Content(frame: Frame(title: title, tabs: tabs, reader: reader), page: page), template)
    }

    func response(_ context: ServiceContext) throws(WaybillError) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: try html(reader: context.identity?.name))))
    }

    private struct Content {
        let frame: Frame
        let page: Any
    }

    private struct Frame {
        struct Tab {
            let text: String
            let href: String
            let isCurrent: Bool
        }
        let title: String
        let tabs: [Tab]
        let reader: String?
    }
}
