import { DEAD_LETTERS_INDEX } from "../../../mixins/events/inbox.ts";

export default DEAD_LETTERS_INDEX;
