import type { Answer } from "../../../bin/tour/shop-client.ts";
import { problemFaults } from "../problem.ts";
import type { Operation } from "./operation.ts";

/** What nobody outside may learn, whatever he sends. */
const SECRETS: Readonly<Record<string, RegExp>> = {
	"a password's hash": /password_?hash|\$argon2/i,
	"a stack trace": /\n\s+at |\bat \S+ \(|\.(?:ts|js|mjs|cjs):\d+/,
	"the path of a file": /node_modules|file:\/\/|\/services\/|\/mixins\/|\/home\/|\/tmp\//,
	"words of the database":
		/syntax error at|violates|duplicate key|invalid input syntax|out of range for type|relation "|column "|SQLSTATE|sequelize/i,
	"an error of JavaScript":
		/\b(?:TypeError|RangeError|ReferenceError|SyntaxError|Cannot read propert|is not a function)\b/,
};

/** Refusals that the first line or the header fields earn, before anybody looks what the path is documented to answer. */
const ANYWHERE = ["HEADERS_TOO_LARGE", "METHOD_NOT_ALLOWED", "NOT_FOUND"];

/** What is wrong with an answer, whatever was asked; empty when nothing is. */
export function faultsOf(answer: Answer, { refusals }: Pick<Operation, "refusals">): string[] {
	const text = answer.text.replaceAll("\\n", "\n").replaceAll('\\"', '"');
	const told = Object.keys(SECRETS).filter((secret) => SECRETS[secret]?.test(text));
	return [...told.map((secret) => `tells ${secret}`), ...statusFaults(answer, refusals)];
}

function statusFaults(answer: Answer, refusals: Operation["refusals"]): string[] {
	const { status, body } = answer;
	if (status >= 200 && status < 400) return [];
	if (status < 400 || (status >= 500 && status !== 503)) return [`is a ${status}`];

	const isDocumented = [...ANYWHERE, ...(refusals[status] ?? [])].includes(String(body.code));
	return [
		...problemFaults(answer),
		...(isDocumented ? [] : [`is a ${status} ${String(body.code)} that is not documented`]),
	];
}
