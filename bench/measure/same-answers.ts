import { isDeepStrictEqual } from "node:util";
import { SUBJECTS } from "../cells.ts";
import type { Subject } from "../cells.ts";
import { Connection } from "../load/connection.ts";
import { scriptOf } from "../load/scripts.ts";
import type { Side, Stage } from "../stage/stage.ts";

const SAMPLES = 5;

/** What a command answers carries new ids and times: there, only the fields and their types must agree. */
const IS_READ: Readonly<Record<Subject, boolean>> = { products: true, list: true, orders: false, login: false };

/**
 * Asks both shops the same, for a start.
 *
 * @throws when they do not answer the same: their speeds would say nothing about each other
 */
export async function expectSameAnswers({ stoa, floor }: Stage): Promise<void> {
	for (const subject of SUBJECTS) {
		const [ours, floors] = [await answersOf(stoa, subject), await answersOf(floor, subject)];
		if (!isDeepStrictEqual(ours, floors)) throw new Error(difference(subject, ours, floors));
	}
	await Promise.all([stoa.meter.settled(), floor.meter.settled()]);
}

async function answersOf({ server }: Side, subject: Subject): Promise<unknown[]> {
	const { next } = await scriptOf(subject, server);
	const connection = await Connection.open(server.host, server.port);
	const answers: unknown[] = [];
	try {
		for (let sample = 0; sample < SAMPLES; sample++) answers.push(await answerOf(connection, next(0), subject));
		return answers;
	} finally {
		connection.close();
	}
}

async function answerOf(connection: Connection, request: string, subject: Subject): Promise<unknown> {
	const { status, body } = await connection.send(request);
	const value = JSON.parse(body.toString()) as unknown;
	return { status, body: IS_READ[subject] ? value : shapeOf(value) };
}

/** A value with the types of its leaves in place of them. */
export function shapeOf(value: unknown): unknown {
	if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
	if (Array.isArray(value)) return value.map(shapeOf);
	return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

const difference = (subject: Subject, ours: unknown[], floors: unknown[]): string =>
	`The floor must answer ${subject} as Stoa does; change bench/floor.\n` +
	`Stoa:      ${JSON.stringify(ours[0])}\nthe floor: ${JSON.stringify(floors[0])}`;
