/** What the links of Stoa's mails lead to. The token stands behind the #, so that no server log ever sees it. */
const PURPOSES = {
	"verify-email": {
		title: "Confirm your email address",
		intro: "Confirm that this address is yours.",
		submit: "Confirm address",
		needsPassword: false,
		path: "/auth/verify-email",
		done: "Thank you: your email address is confirmed.",
	},
	"reset-password": {
		title: "Choose a new password",
		intro: "It replaces the old one, and every device is signed out.",
		submit: "Set password",
		needsPassword: true,
		path: "/auth/reset-password",
		done: "Your password is set. You can sign in with it now.",
	},
	invitation: {
		title: "Welcome",
		intro: "Choose a password to open your account.",
		submit: "Open account",
		needsPassword: true,
		path: "/auth/reset-password",
		done: "Your account is open. You can sign in now.",
	},
};

const element = (id) => document.getElementById(id);
const purpose = PURPOSES[location.pathname.split("/").at(-1)];
const token = location.hash.slice(1);

if (purpose === undefined || token === "") tell("This link is not complete. Open it again from your mail.");
else show(purpose);

function show({ title, intro, submit, needsPassword }) {
	document.title = title;
	element("title").textContent = title;
	element("intro").textContent = intro;
	element("submit").textContent = submit;
	element("password-field").hidden = !needsPassword;
	element("password").required = needsPassword;
	element("form").hidden = false;
	element("form").addEventListener("submit", (event) => {
		event.preventDefault();
		void send(purpose);
	});
}

async function send({ path, needsPassword, done }) {
	element("submit").disabled = true;
	tell("One moment …");
	const body = JSON.stringify({ token, ...(needsPassword && { password: element("password").value }) });
	try {
		const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
		if (answer.ok) return finish(done);
		tell(messageOf(await answer.json()));
	} catch {
		tell("The shop cannot be reached now. Try again in a moment.");
	}
	element("submit").disabled = false;
}

/** A used link must not stay in the history of a shared computer. */
function finish(done) {
	history.replaceState(null, "", location.pathname);
	element("form").hidden = true;
	element("intro").textContent = "";
	tell(done);
}

const messageOf = ({ detail, errors }) =>
	errors?.map(({ path, message }) => `${path}: ${message}`).join("; ") ?? detail;

function tell(text) {
	element("outcome").textContent = text;
}
