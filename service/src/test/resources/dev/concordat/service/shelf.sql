create table book (book_id text primary key, title text not null);
