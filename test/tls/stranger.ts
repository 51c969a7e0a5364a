/** A name that our certificates do not have. */
export const STRANGER = "elsewhere.example";
