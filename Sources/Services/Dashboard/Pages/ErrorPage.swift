import WaybillCore

/// A refusal, in words that say what to do.
struct ErrorPage {
    let headline: String
    let message: String
    let subject: String?
    let remedy: String?

    static func screen(_ error: WaybillError) -> Screen {
        let page =
            error.code == .unauthenticated
            ? ErrorPage(
                headline: "Please sign in", message: "These pages are shown to people with a token.", subject: nil,
                remedy: "reload the page, leave the name as it is or type anything, and give your token as the password"
            )
            : ErrorPage(
                headline: headline(error.code), message: error.message,
                subject: error.subject.isEmpty ? nil : error.subject, remedy: error.remedy)
        return Screen(title: page.headline, tab: nil, template: .error, page: page)
    }

    private static func headline(_ code: WaybillError.Code) -> String {
        switch code {
        case .notFound: "There is no such page"
        case .invalidInput: "That address cannot be read"
        case .forbidden, .unauthenticated: "You may not read this"
        case .unavailable, .timeout: "A service did not answer"
        case .limitExceeded: "That is more than one page can show"
        case .unsupported: "That is not supported"
        case .corrupted: "What is stored is damaged"
        case .conflict, .failed: "The page could not be made"
        }
    }
}
