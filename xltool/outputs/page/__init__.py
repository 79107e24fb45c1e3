"""review.html: the review as one page for the browser, which needs nothing but itself."""
