extension Templates {
    static let board = """
        {{<frame}}{{$main}}<h1>What runs where</h1>
        <section aria-labelledby="environments">
        <h2 id="environments">Environments</h2>
        {{^page.environments}}<p class="empty">No environment has reported yet. It appears here when its agent has looked at its repository for the first time.</p>{{/page.environments}}
        <ul class="cards">{{#page.environments}}<li class="card">
        <h3><bdi>{{.name}}</bdi> {{#.badge}}{{>badge}}{{/.badge}}</h3>
        <p><bdi>{{.message}}</bdi></p>
        {{#.drift}}<p class="alarm"><bdi>{{.}}</bdi></p>{{/.drift}}
        {{#.corrected}}<p class="quiet">Last correction: <bdi>{{.}}</bdi></p>{{/.corrected}}
        <p class="quiet">{{#.revision}}revision <code>{{.}}</code>, {{/.revision}}{{#.stamp}}{{>stamp}}, {{/.stamp}}{{#.events}}{{>link}}{{/.events}}</p>
        </li>{{/page.environments}}</ul>
        </section>
        <section aria-labelledby="services">
        <h2 id="services">Services</h2>
        {{^page.services}}<p class="empty">Nothing runs yet. A service appears here when an agent has applied it.</p>{{/page.services}}
        {{#page.services}}<table class="stack board">
        <caption class="hidden">Services by environments</caption>
        <thead><tr><th scope="col">Service</th>{{#page.environments}}<th scope="col"><bdi>{{.name}}</bdi></th>{{/page.environments}}</tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Service"><bdi>{{.service}}</bdi>{{#.owner}}<br><small class="quiet"><bdi>{{.}}</bdi></small>{{/.owner}}</th>{{#.cells}}<td data-label="{{.environment}}"><div>{{^.entries}}<span class="quiet">not here</span>{{/.entries}}{{#.entries}}<div class="entry"><p><code>{{#.image}}{{>link}}{{/.image}}</code> {{#.badge}}{{>badge}}{{/.badge}}</p><p class="quiet">{{#.commit}}commit <code>{{.}}</code>, {{/.commit}}{{#.stamp}}{{>stamp}}{{/.stamp}}</p><p class="quiet"><bdi>{{.workload}}</bdi></p></div>{{/.entries}}</div></td>{{/.cells}}</tr>
        {{/.rows}}</tbody>
        </table>{{/page.services}}
        </section>
        <section aria-labelledby="latest">
        <h2 id="latest">What happened last</h2>
        {{^page.events}}<p class="empty">Nothing has happened yet.</p>{{/page.events}}
        {{#page.events}}{{>eventTable}}
        <p><a href="/events">All events</a></p>{{/page.events}}
        </section>{{/main}}{{/frame}}
        """

    static let changes = """
        {{<frame}}{{$main}}<h1>Changes</h1>
        {{^page.repositories}}<p class="empty">There is no repository yet.</p>{{/page.repositories}}
        {{#page.repositories}}<section>
        <h2><bdi>{{.name}}</bdi></h2>
        {{#.problem}}<p class="alarm"><bdi>{{.}}</bdi></p>{{/.problem}}
        {{^.problem}}{{^.changes}}<p class="empty">Nobody has proposed a change.</p>{{/.changes}}{{/.problem}}
        {{#.changes}}<table class="stack">
        <thead><tr><th scope="col">Change</th><th scope="col">Title</th><th scope="col">State</th><th scope="col">Merge gate</th><th scope="col">Branch</th><th scope="col">By</th><th scope="col">Opened</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Change">{{#.link}}{{>link}}{{/.link}}</th><td data-label="Title" class="words"><bdi>{{.title}}</bdi></td><td data-label="State">{{#.state}}{{>badge}}{{/.state}}</td><td data-label="Merge gate">{{#.gate}}{{>badge}}{{/.gate}}{{^.gate}}<span class="quiet">none</span>{{/.gate}}</td><td data-label="Branch"><bdi>{{.branch}}</bdi></td><td data-label="By"><bdi>{{.by}}</bdi></td><td data-label="Opened">{{#.stamp}}{{>stamp}}{{/.stamp}}</td></tr>
        {{/.rows}}</tbody>
        </table>{{/.changes}}
        {{#.isCut}}<p class="quiet">Older changes are not listed; <code>waybill change list</code> shows them all.</p>{{/.isCut}}
        </section>{{/page.repositories}}{{/main}}{{/frame}}
        """

    static let image = """
        {{<frame}}{{$main}}<h1>Image <code class="wrap">{{page.digest}}</code></h1>
        <dl class="facts">
        <dt>Repository</dt><dd><bdi>{{page.repository}}</bdi></dd>
        <dt>Commit</dt><dd><code class="wrap">{{page.commit}}</code> {{#page.commitEvents}}{{>link}}{{/page.commitEvents}}</dd>
        <dt>Owner</dt><dd><bdi>{{page.owner}}</bdi></dd>
        <dt>Built</dt><dd>{{#page.built}}{{>stamp}}{{/page.built}}</dd>
        </dl>
        <section aria-labelledby="places"><h2 id="places">Where it runs</h2>
        {{^page.places}}<p class="empty">It has not been deployed.</p>{{/page.places}}
        {{#page.places}}{{>placeTable}}{{/page.places}}
        </section>
        <section aria-labelledby="papers"><h2 id="papers">Papers</h2>
        {{^page.papers}}<p class="alarm">This image has no papers.</p>{{/page.papers}}
        {{#page.papers}}{{>paperTable}}{{/page.papers}}
        </section>
        <section aria-labelledby="packages"><h2 id="packages">Packages ({{page.packageCount}})</h2>
        {{^page.packages}}<p class="empty">No package is recorded.</p>{{/page.packages}}
        {{#page.packages}}<table class="stack">
        <thead><tr><th scope="col">Package</th><th scope="col">Version</th><th scope="col">Ecosystem</th><th scope="col">Found in</th></tr></thead>
        <tbody>
        {{#.rows}}<tr><th scope="row" data-label="Package"><bdi>{{.name}}</bdi></th><td data-label="Version"><code class="wrap">{{.version}}</code></td><td data-label="Ecosystem"><bdi>{{.ecosystem}}</bdi></td><td data-label="Found in"><code class="wrap">{{.place}}</code></td></tr>
        {{/.rows}}</tbody>
        </table>{{/page.packages}}
        {{#page.isCut}}<p class="quiet">Further packages are in the bill of materials among the papers.</p>{{/page.isCut}}
        </section>{{/main}}{{/frame}}
        """

    static let paper = """
        {{<frame}}{{$main}}<h1>{{page.row.name}} {{#page.row.badge}}{{>badge}}{{/page.row.badge}}</h1>
        <dl class="facts">
        <dt>Paper</dt><dd><code class="wrap">{{page.id}}</code></dd>
        <dt>About</dt><dd>{{#page.about}}{{>link}}{{/page.about}}</dd>
        <dt>Predicate type</dt><dd><code class="wrap">{{page.row.predicateType}}</code></dd>
        <dt>Payload type</dt><dd><code class="wrap">{{page.payloadType}}</code></dd>
        <dt>Signed by key</dt><dd>{{#page.row.signers}}<code class="wrap">{{.}}</code> {{/page.row.signers}}</dd>
        <dt>Recorded</dt><dd>{{#page.row.stamp}}{{>stamp}}{{/page.row.stamp}}</dd>
        </dl>
        {{#page.problem}}<p class="alarm"><bdi>{{.}}</bdi></p>{{/page.problem}}
        {{^page.problem}}<section aria-labelledby="subjects"><h2 id="subjects">Subjects</h2>
        <ul>{{#page.subjects}}<li><bdi>{{.name}}</bdi> {{#.digests}}<code class="wrap">{{.}}</code> {{/.digests}}</li>{{/page.subjects}}</ul></section>
        <section aria-labelledby="statement"><h2 id="statement">Statement</h2>
        {{#page.isCut}}<p class="quiet">The statement is longer than a page; this is its beginning.</p>{{/page.isCut}}
        <pre tabindex="0" aria-label="Statement"><code>{{page.text}}</code></pre></section>{{/page.problem}}{{/main}}{{/frame}}
        """

    static let events = """
        {{<frame}}{{$main}}<h1>What happened</h1>
        <form action="/events" method="get" class="filter" role="search">
        <label for="about">About</label>
        <input id="about" name="about" type="search" value="{{page.about}}" placeholder="environment:production" autocomplete="off" spellcheck="false">
        <button type="submit">Show</button>{{#page.about}} <a href="/events">show all</a>{{/page.about}}
        </form>
        {{^page.rows}}<p class="empty">Nothing is recorded{{#page.about}} about <bdi>{{.}}</bdi>{{/page.about}}.</p>{{/page.rows}}
        {{#page.rows}}{{>eventTable}}{{/page.rows}}
        <nav aria-label="Pages of events" class="pager">{{#page.newer}}<a rel="prev" href="{{.href}}">← {{.text}}</a>{{/page.newer}} <span>Page {{page.number}}</span> {{#page.older}}<a rel="next" href="{{.href}}">{{.text}} →</a>{{/page.older}}</nav>
        {{#page.isCut}}<p class="quiet">Older events are not shown here; they are in the ledger.</p>{{/page.isCut}}{{/main}}{{/frame}}
        """

    static let error = """
        {{<frame}}{{$main}}<h1>{{page.headline}}</h1>
        <p class="alarm"><bdi>{{page.message}}</bdi></p>
        {{#page.remedy}}<p>What you can do: <bdi>{{.}}</bdi>.</p>{{/page.remedy}}
        {{#page.subject}}<p class="quiet">About <code class="wrap">{{.}}</code></p>{{/page.subject}}
        <p><a href="/">Go to the board</a></p>{{/main}}{{/frame}}
        """
}
