//! PIN entry: terminal without echo, standard input, file descriptor.
