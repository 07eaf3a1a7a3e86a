extension Templates {
    static let frame = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{{frame.title}} · Waybill</title>
        <link rel="icon" href="/assets/waybill.svg" type="image/svg+xml">
        <link rel="stylesheet" href="/assets/waybill.css">
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top"><div class="inner">
        <a class="brand" href="/">Waybill</a>
        <nav aria-label="Pages"><ul>{{#frame.tabs}}<li><a href="{{.href}}"{{#.isCurrent}} aria-current="page"{{/.isCurrent}}>{{.text}}</a></li>{{/frame.tabs}}</ul></nav>
        {{#frame.reader}}<p class="reader"><span class="quiet">signed in as</span> <bdi>{{.}}</bdi></p>{{/frame.reader}}
        </div></header>
        <main id="main" tabindex="-1">
        {{$main}}{{/main}}
        </main>
        <footer><p>Pages show what the ledger recorded. Signatures are checked again, offline, by <code>waybill why</code>.</p></footer>
        </body>
        </html>

        """

    static let badge = #"<span class="badge {{.kind}}">{{.text}}</span>"#
    static let stamp = #"<time datetime="{{.iso}}" title="{{.iso}}">{{.age}}</time>"#
    static let link = #"<a href="{{.href}}"><bdi>{{.text}}</bdi></a>"#

    static let eventTable = """
        <table class="stack">
        <caption class="hidden">Events, newest first</caption>
        <thead><tr><th scope="col">When</th><th scope="col">Who</th><th scope="col">What</th><th scope="col">About</th><th scope="col">Verdict</th><th scope="col">In words</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><td data-label="When">{{#.stamp}}{{>stamp}}{{/.stamp}}</td><td data-label="Who"><bdi>{{.actor}}</bdi></td><th scope="row" data-label="What"><code>{{.action}}</code></th><td data-label="About">{{#.subject}}{{>link}}{{/.subject}}</td><td data-label="Verdict">{{#.badge}}{{>badge}}{{/.badge}}{{^.badge}}<span class="quiet">none</span>{{/.badge}}</td><td data-label="In words" class="words"><bdi>{{.message}}</bdi></td></tr>
        {{/.rows}}</tbody>
        </table>
        """

    static let findingTable = """
        <table class="stack">
        <thead><tr><th scope="col">Rule</th><th scope="col">Severity</th><th scope="col">Place</th><th scope="col">What is wrong</th><th scope="col">What to do</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Rule"><code>{{.rule}}</code></th><td data-label="Severity">{{#.severity}}{{>badge}}{{/.severity}}</td><td data-label="Place"><code class="wrap">{{.place}}</code></td><td data-label="What is wrong" class="words"><bdi>{{.message}}</bdi>{{#.evidence}}<br><small class="quiet">seen: <bdi>{{.}}</bdi></small>{{/.evidence}}</td><td data-label="What to do" class="words">{{#.fixedVersion}}fixed in <code class="wrap">{{.}}</code><br>{{/.fixedVersion}}{{#.remedy}}<bdi>{{.}}</bdi>{{/.remedy}}</td></tr>
        {{/.rows}}</tbody>
        </table>
        """

    static let paperTable = """
        <table class="stack">
        <thead><tr><th scope="col">Paper</th><th scope="col">Says</th><th scope="col">Predicate type</th><th scope="col">Signed by key</th><th scope="col">Recorded</th><th scope="col">Digest</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Paper">{{.name}}</th><td data-label="Says">{{#.badge}}{{>badge}}{{/.badge}}{{^.badge}}<span class="quiet">a fact</span>{{/.badge}}</td><td data-label="Predicate type"><code class="wrap">{{.predicateType}}</code></td><td data-label="Signed by key">{{#.signers}}<code class="wrap">{{.}}</code> {{/.signers}}</td><td data-label="Recorded">{{#.stamp}}{{>stamp}}{{/.stamp}}</td><td data-label="Digest"><code>{{#.link}}{{>link}}{{/.link}}</code></td></tr>
        {{/.rows}}</tbody>
        </table>
        """

    static let placeTable = """
        <table class="stack">
        <thead><tr><th scope="col">Environment</th><th scope="col">Workload</th><th scope="col">Container</th><th scope="col">State</th><th scope="col">Since</th><th scope="col">Ended</th><th scope="col">Revision</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Environment"><bdi>{{.environment}}</bdi></th><td data-label="Workload"><bdi>{{.workload}}</bdi></td><td data-label="Container"><bdi>{{.container}}</bdi></td><td data-label="State">{{#.badge}}{{>badge}}{{/.badge}}</td><td data-label="Since">{{#.stamp}}{{>stamp}}{{/.stamp}}</td><td data-label="Ended">{{#.ended}}{{>stamp}}{{/.ended}}</td><td data-label="Revision"><code>{{.revision}}</code></td></tr>
        {{/.rows}}</tbody>
        </table>
        """
}
