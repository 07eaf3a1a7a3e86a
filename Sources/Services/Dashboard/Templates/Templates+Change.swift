extension Templates {
    static let change = """
        {{<frame}}{{$main}}<p class="quiet crumbs"><a href="/changes">Changes</a> / <bdi>{{page.repository}}</bdi></p>
        <h1><bdi>{{page.title}}</bdi> <span class="quiet">{{page.number}}</span> {{#page.state}}{{>badge}}{{/page.state}}</h1>
        <p><bdi>{{page.branch}}</bdi>, opened by <bdi>{{page.by}}</bdi> {{#page.opened}}{{>stamp}}{{/page.opened}}{{#page.head}}, head <code class="wrap">{{.}}</code>{{/page.head}}</p>
        <section aria-labelledby="journey"><h2 id="journey">Journey</h2>
        <ol class="journey">{{#page.steps}}<li class="{{.badge.kind}}"><a href="#{{.anchor}}">{{.name}}</a> {{#.badge}}{{>badge}}{{/.badge}}<small class="quiet"><bdi>{{.detail}}</bdi></small></li>{{/page.steps}}</ol>
        </section>
        <section aria-labelledby="source"><h2 id="source">Source</h2>
        {{^page.commits}}<p class="empty">There is no commit to merge.</p>{{/page.commits}}
        {{#page.commits}}<table class="stack">
        <caption class="hidden">Commits with their signers</caption>
        <thead><tr><th scope="col">Commit</th><th scope="col">Title</th><th scope="col">Author</th><th scope="col">Signature</th><th scope="col">In words</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Commit"><code>{{.id}}</code></th><td data-label="Title" class="words"><bdi>{{.title}}</bdi></td><td data-label="Author"><bdi>{{.author}}</bdi></td><td data-label="Signature">{{#.badge}}{{>badge}}{{/.badge}}</td><td data-label="In words" class="words"><bdi>{{.signature}}</bdi></td></tr>
        {{/.rows}}</tbody>
        </table>{{/page.commits}}
        {{#page.files}}<details><summary>Files that change</summary><table>
        <thead><tr><th scope="col">File</th><th scope="col">Added</th><th scope="col">Removed</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row"><code class="wrap">{{.path}}</code></th><td class="number">{{.added}}</td><td class="number">{{.removed}}</td></tr>
        {{/.rows}}</tbody>
        </table></details>{{/page.files}}
        {{#page.diff}}<details><summary>Difference, line by line</summary><pre class="diff" tabindex="0" aria-label="Difference"><code>{{#.rows}}<span class="{{.kind}}">{{.text}}</span>
        {{/.rows}}</code></pre>{{#page.isDiffCut}}<p class="quiet">The difference is longer than a page; this is its beginning.</p>{{/page.isDiffCut}}</details>{{/page.diff}}
        </section>
        <section aria-labelledby="review"><h2 id="review">Review</h2>
        {{^page.reviews}}<p class="empty">Nobody has reviewed this change.</p>{{/page.reviews}}
        {{#page.reviews}}<table class="stack">
        <thead><tr><th scope="col">Reviewer</th><th scope="col">Says</th><th scope="col">Counts</th><th scope="col">Why not</th><th scope="col">Comment</th><th scope="col">Commit</th><th scope="col">Paper</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Reviewer"><bdi>{{.reviewer}}</bdi></th><td data-label="Says">{{#.decision}}{{>badge}}{{/.decision}}</td><td data-label="Counts">{{#.counts}}{{>badge}}{{/.counts}}</td><td data-label="Why not" class="words"><bdi>{{.reason}}</bdi></td><td data-label="Comment" class="words"><bdi>{{.comment}}</bdi></td><td data-label="Commit"><code>{{.commit}}</code></td><td data-label="Paper"><code>{{#.paper}}{{>link}}{{/.paper}}</code></td></tr>
        {{/.rows}}</tbody>
        </table>{{/page.reviews}}
        </section>
        <section aria-labelledby="merge"><h2 id="merge">Merge</h2>
        {{#page.merge}}<p>Merged by <bdi>{{.by}}</bdi> {{#.stamp}}{{>stamp}}{{/.stamp}}.</p>{{/page.merge}}
        {{#page.judgement}}<p>If it were merged now: {{#.badge}}{{>badge}}{{/.badge}}</p>
        {{#.violations}}<h3>Violations</h3>{{>findingTable}}{{/.violations}}
        {{#.warnings}}<h3>Warnings</h3>{{>findingTable}}{{/.warnings}}{{/page.judgement}}
        {{^page.merge}}{{^page.judgement}}<p class="empty">It has not been merged here.</p>{{/page.judgement}}{{/page.merge}}
        </section>
        <section aria-labelledby="pipeline"><h2 id="pipeline">Pipeline</h2>
        {{^page.run}}<p class="empty">The pipeline has not run on this commit.</p>{{/page.run}}
        {{#page.run}}<p>{{#.badge}}{{>badge}}{{/.badge}} <bdi>{{.message}}</bdi></p>
        <p class="quiet">{{#.stamp}}{{>stamp}}{{/.stamp}}{{#.isolation}}, isolation <bdi>{{.}}</bdi>{{/.isolation}}{{#.earlier}}, {{.}}{{/.earlier}}</p>
        {{#.violations}}<h3>Violations</h3>{{>findingTable}}{{/.violations}}
        {{#.warnings}}<h3>Warnings</h3>{{>findingTable}}{{/.warnings}}
        {{#.stages}}<h3>Stages</h3><table class="stages">
        <thead><tr><th scope="col">Stage</th><th scope="col">Seconds</th><th scope="col"><span class="hidden">Share of the longest</span></th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row"><bdi>{{.name}}</bdi></th><td class="number">{{.seconds}}</td><td><meter min="0" max="100" value="{{.share}}">{{.seconds}} s</meter></td></tr>
        {{/.rows}}</tbody>
        </table>{{/.stages}}{{/page.run}}
        </section>
        <section aria-labelledby="image"><h2 id="image">Image</h2>
        {{^page.image}}<p class="empty">No image came of this commit.</p>{{/page.image}}
        {{#page.image}}<dl class="facts"><dt>Digest</dt><dd><a href="{{.link.href}}"><code class="wrap">{{.digest}}</code></a></dd><dt>Published as</dt><dd>{{#.reference}}<code class="wrap">{{.}}</code>{{/.reference}}{{^.reference}}<span class="quiet">not published</span>{{/.reference}}</dd></dl>{{/page.image}}
        </section>
        <section aria-labelledby="papers"><h2 id="papers">Papers</h2>
        {{^page.papers}}<p class="empty">There is no paper about this commit or its image yet.</p>{{/page.papers}}
        {{#page.papers}}{{>paperTable}}{{/page.papers}}
        </section>
        <section aria-labelledby="deployments"><h2 id="deployments">Where it runs</h2>
        {{^page.places}}<p class="empty">It has not been deployed.</p>{{/page.places}}
        {{#page.places}}{{>placeTable}}{{/page.places}}
        </section>
        <section aria-labelledby="trail"><h2 id="trail">What happened</h2>
        {{^page.events}}<p class="empty">Nothing is recorded about this change.</p>{{/page.events}}
        {{#page.events}}{{>eventTable}}{{/page.events}}
        </section>{{/main}}{{/frame}}
        """
}
